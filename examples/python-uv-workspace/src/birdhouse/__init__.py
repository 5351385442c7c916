from nests import nests


def report() -> str:
    return f"nests of {' and '.join(nests())}, in {__file__}"
