import { expect, test } from "vitest";
import { BLANK, byProvider, filled, institutionsOf } from "./contacts";

const TOLD = { ...BLANK, provider: "CHN", listed: false };

test("contacts stand by provider, in the order in which they are told", () => {
  const told = [
    { ...TOLD, organisation: "Archive", provider: "", listed: true },
    { ...TOLD, organisation: "Institute" },
    { ...TOLD, organisation: "Data centre" },
  ];
  expect(byProvider(told).map((one) => [one.provider, one.listed, one.contacts.map((each) => each.organisation)])).toEqual([
    ["", true, ["Archive"]],
    ["CHN", false, ["Institute", "Data centre"]],
  ]);
  expect(Object.keys(byProvider(told)[0]?.contacts[0] ?? {})).toEqual(Object.keys(BLANK));
});

test("what a form holds counts where something is written", () => {
  expect(filled([BLANK, { ...BLANK, organisation: " Institute " }, { ...BLANK, web: "  " }])).toEqual([
    { ...BLANK, organisation: "Institute" },
  ]);
});

test("institutions that files name are told once", () => {
  const series = [{ told: { institution: "JMA" } }, { told: {} }, { told: { institution: "JMA" } }];
  expect(institutionsOf(series as unknown as Parameters<typeof institutionsOf>[0])).toEqual(["JMA"]);
});
