"""What was recorded in words is masked wherever a paper shows it."""

from __future__ import annotations

from sixping.documents import assessment
from sixping.render import meeting

WORDS, SHOWN = "请回电 13800000000", "请回电 138****0000"


def test_the_words_of_an_assessment_are_masked_unless_they_are_revealed() -> None:
    assert assessment.shown(WORDS) == SHOWN
    assert assessment.shown(assessment._Revealed(WORDS)) == WORDS


def test_the_words_of_minutes_are_masked_unless_they_are_revealed() -> None:
    assert meeting.shown_text(WORDS, reveal=False) == SHOWN
    assert meeting.shown_text(WORDS, reveal=True) == WORDS
