from fasthtml.common import P, fast_app

app, route = fast_app()


@route("/berths/{number}")
def get(number: int):
    return P(f"berth {number} is free")
