"""Names: a stranger finds a thing by the word he would search for, and no class name stands for two things."""

import ast
from collections import defaultdict

import pytest

from pipeline.resources import ROOT

FILES = sorted(str(path.relative_to(ROOT)) for package in ("pipeline", "flows") for path in (ROOT / package).rglob("*.py"))
QUESTIONS = {
    "Where is the retry policy?": ("retry_policy", "pipeline/publish/engine/retry_policy.py"),
    "Where are memory limits of rendering?": ("memory_budget", "pipeline/render/memory_budget.py"),
    "Where are amounts of money read?": ("amounts", "pipeline/chinese/amounts.py"),
    "Where is it decided whether two words sound alike?": ("phonetics", "pipeline/chinese/phonetics.py"),
    "Where is the list of stages?": ("stages/registry", "pipeline/stages/registry.py"),
    "Where is the list of platforms?": ("platforms/registry", "pipeline/publish/platforms/registry.py"),
    "How is a child process started?": ("children", "pipeline/system/children.py"),
    "Where do command-line options stand?": ("options", "flows/cli/options.py"),
    "Which sizes are offered?": ("sizes", "pipeline/documents/sizes.py"),
    "Where is a release approved?": ("actions/approve", "pipeline/actions/approve.py"),
    "Where are group leaders' variants made?": ("variants", "pipeline/actions/variants.py"),
    "Who posts by hand, and how is that noted?": ("actions/manual_posting", "pipeline/actions/manual_posting.py"),
    "Where is consent recorded?": ("actions/consent", "pipeline/actions/consent.py"),
    "Where are posts made at their hour?": ("publish_release", "flows/publish_release.py"),
    "Where is the OAuth client?": ("oauth", "pipeline/publish/accounts/oauth_client.py"),
    "Where do tokens lie encrypted?": ("vault", "pipeline/secrets/vault.py"),
    "Where is a secret taken out of a log?": ("redact", "pipeline/network/log_redaction.py"),
    "Where is a quota counted?": ("ledger/quota", "pipeline/publish/ledger/quota.py"),
    "Where are the errors of a platform's call?": ("network/errors", "pipeline/network/errors.py"),
    "Where is the WeCom robot?": ("wecom", "pipeline/notices/wecom_robot.py"),
    "Where is the co-op's time zone?": ("zone", "pipeline/settings/zone.py"),
    "Where is the QR code drawn?": ("commerce/qr", "pipeline/commerce/qr.py"),
    "Where is blur measured?": ("sharpness", "pipeline/analysis/sharpness.py"),
    "Where is shake measured?": ("camera_motion", "pipeline/analysis/camera_motion.py"),
    "Where are false starts and retakes found?": ("takes", "pipeline/edit/takes.py"),
    "Where are lines of subtitles broken?": ("line_breaks", "pipeline/subtitles/line_breaks.py"),
    "Where is loudness brought to its level?": ("render/loudness", "pipeline/render/loudness.py"),
    "Where is the end card?": ("end_card", "pipeline/brand/layers/end_card.py"),
    "Where is the product sheet read?": ("product_sheet", "pipeline/catalog/product_sheet.py"),
    "Where is the cache made smaller?": ("prune", "pipeline/store/prune.py"),
}
"""A newcomer's question, the word that he searches for in the files' names, and the file that he wants."""


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_newcomer_finds_the_file_at_the_first_search(question: str) -> None:
    word, wanted = QUESTIONS[question]
    hits = [file for file in FILES if word in file]
    assert hits[:1] == [wanted], hits


def test_thirty_questions_are_asked() -> None:
    assert len(QUESTIONS) == 30
    assert len({file for _, file in QUESTIONS.values()}) == 30


def test_no_class_name_stands_for_two_things() -> None:
    classes: dict[str, list[str]] = defaultdict(list)
    for file in FILES:
        for node in ast.parse((ROOT / file).read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                classes[node.name].append(file)
    assert {name: files for name, files in classes.items() if len(files) > 1} == {}
