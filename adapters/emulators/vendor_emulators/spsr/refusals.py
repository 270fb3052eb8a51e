"""SPSR's result codes: where each was read. No real answer is public, so that all else is a guess."""

from vendor_emulators.refusals import Guess

DOCUMENTED = {
    "the rus_spsr add-on of CS-Cart (2015-2017)": (
        "2", "4", "5", "6", "9", "1004", "1005", "1006", "1007", "1009", "1010", "1017", "1018", "1020",
        "1024", "1025", "1058",
    ),
}  # fmt: skip

GUESSED = (Guess("1059", "POST", "*"),)
