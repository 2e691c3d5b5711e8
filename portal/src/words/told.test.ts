import i18next from "i18next";
import { beforeAll, describe, expect, it } from "vitest";
import { Problem } from "../api/problem";
import { SERVER } from "./index";
import { languageOf, patternOf, problem, sentence, told, variableKey } from "./told";
import chinese, { server } from "./zh";

beforeAll(async () => {
  await i18next.init({ resources: {}, fallbackLng: false });
  i18next.addResourceBundle("zh", "translation", chinese);
  i18next.addResourceBundle("zh", SERVER, server);
  await i18next.changeLanguage("zh");
});

describe("what the server says", () => {
  it("is said in the language of who reads", () => {
    expect(told("methods.storm_veto_poppe_2000.title", "Storm veto by Kp")).toEqual({ text: "按 Kp 剔除磁暴时段", lang: undefined });
    expect(told("rules.superposed_epoch", "", { threshold: 2 }).text).toBe("高斯白噪声的一个台站日上 |z| ≥ 2");
    expect(variableKey("c1c")).toBe("variables.c_code");
    expect(variableKey("stec")).toBe("variables.stec");
  });

  it("stays as it is, marked as English, where a member's package says it", () => {
    expect(told("methods.of_a_package_2027.title", "A method of theirs")).toEqual({ text: "A method of theirs", lang: "en" });
  });

  it("is a problem by its status, else the server's own words", () => {
    expect(problem(new Problem(429, "Too much.")).text).toContain("请求过于频繁");
    expect(problem(new Problem(418, "A teapot."))).toEqual({ text: "A teapot.", lang: "en" });
    expect(problem(new Error("No number."))).toEqual({ text: "No number.", lang: "en" });
  });
});

describe("a sentence that is kept as text", () => {
  it("is known again by its template, one within another too", () => {
    expect(sentence("Study of us20005hqz, M 6.9, 2016-04-13")).toBe("震例研究：us20005hqz，M 6.9，2016-04-13");
    expect(sentence("One earthquake: M 6.9, 76 km SE of Mawlaik, Myanmar, 2016-04-13")).toBe(
      "一次地震：M 6.9，76 km SE of Mawlaik, Myanmar，2016-04-13",
    );
    expect(sentence("Again: Study of a, M 5.0, 2016-01-01")).toBe("重算：震例研究：a，M 5.0，2016-01-01");
    expect(sentence("a.b.c from 2016 to 2017 and 3 more as csv")).toBe("导出 a.b.c（2016 至 2017）等，另有 3 项，csv 格式");
    expect(sentence("a.b.c from 2016 to 2017 as csv")).toBe("导出 a.b.c，2016 至 2017，csv 格式");
    expect(sentence("tec from 2016 to 2017, all stations")).toBe("计算 tec，2016 至 2017，全部台站");
  });

  it("stays as somebody gave it", () => {
    expect(sentence("My own question?")).toBe("My own question?");
    expect(patternOf("{a} (b)").test("x (b)")).toBe(true);
    expect(languageOf("Again: a\nMine")).toBeUndefined();
    expect(languageOf("Again: a")).toBe("en");
  });
});
