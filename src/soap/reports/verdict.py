"""What a study's numbers say of chance: the one place where a result counts as more than that."""

from __future__ import annotations

from typing import Any

from soap.reports import words

LEVEL = 0.05


def beyond_chance(result: dict[str, Any]) -> bool:
    """True when a test of a superposed epoch study stands out, its p being the worst of the surrogates.

    In a confirmatory study that is the one declared test (first variable, mean) at 0.05; in an exploratory study any
    test, but with p adjusted for the number of tests that were made.
    """
    if result["study"]["stage"] == "confirmatory":
        return worst_p(result)[words.variables(result)[0], "primary"] <= LEVEL
    return min(test["adjusted_p"] for test in result["trials"]["tests"]) <= LEVEL


def worst_p(result: dict[str, Any]) -> dict[tuple[str, str], float]:
    """The worst p of each test, by variable and kind of test."""
    return {(test["variable"], test["test"]): test["worst_p"] for test in result["trials"]["tests"]}


def scores(result: dict[str, Any]) -> list[float]:
    """z of the primary variable's last block against each background of a study by blocks."""
    primary = words.variables(result)[0]
    return [one["z"][primary] for one in result["backgrounds"] if one["z"][primary] is not None]


def depends_on_background(result: dict[str, Any]) -> bool:
    """True when some of the stated backgrounds call the block unusual and others do not."""
    unusual = [abs(z) >= result["study"]["threshold_sigma"] for z in scores(result)]
    return any(unusual) and not all(unusual)


def verdict(result: dict[str, Any]) -> dict[str, Any]:
    """What a result comes to, for machines: whether it is beyond chance, with all that must be told beside that.

    `beyond_chance` is null for a study by blocks: one block of one earthquake cannot carry a claim either way.
    """
    told = {name: result[name] for name in ("kind", "n_events", "statistic", "statistic_name")}
    told |= {"variable": words.variables(result)[0], "level": LEVEL, "worst_p": result["p_value"]["worst"]}
    return told | (_of_blocks(result) if result["kind"] == "blocks" else _of_epochs(result))


def _of_epochs(result: dict[str, Any]) -> dict[str, Any]:
    primary = result["variables"][words.variables(result)[0]]
    sizes = [curve["smallest_detectable_sigma"] for curve in result["power_curves"]]
    test = result["study"]["test"]
    return {
        "null_rate": result["null_rate"] | {"threshold_sigma": test["threshold_sigma"]},
        "days": test["days"],
        "block_hours": None,
        "background": None,
        "beyond_chance": beyond_chance(result),
        "depends_on_background": None,
        "adjusted_p": min(test["adjusted_p"] for test in result["trials"]["tests"]),
        "n_tests": result["trials"]["n"],
        "smallest_detectable_sigma": sizes[0],
        "could_find_little": all(size is None for size in sizes),
        "marked": {name: primary["marked"][name] for name in
                   ("n_station_days", "n_marked", "share", "chance_low", "chance_high")},
        "marked_without_event": primary["no_event"]["share_marked"],
    }  # fmt: skip


def _of_blocks(result: dict[str, Any]) -> dict[str, Any]:
    elsewhere, study, first = result["same_rule_elsewhere"], result["study"], result["backgrounds"][0]
    rule = {"threshold_sigma": study["threshold_sigma"], "background_blocks": len(first["days"])}
    return {
        "null_rate": result["null_rate"] | rule,
        "days": None,
        "block_hours": study["block_hours"],
        "background": first["name"],
        "beyond_chance": None,
        "depends_on_background": depends_on_background(result),
        "adjusted_p": None,
        "n_tests": len(result["backgrounds"]),
        "smallest_detectable_sigma": None,
        "could_find_little": False,
        "marked": None,
        "marked_without_event": elsewhere["n_marked"] / elsewhere["n_scored"] if elsewhere["n_scored"] else None,
    }
