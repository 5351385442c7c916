from flask import Flask

app = Flask(__name__)

HEIGHTS = {"oak": 30, "birch": 22}


@app.get("/trees/<name>")
def tree(name):
    if name not in HEIGHTS:
        return f"no {name} grows here\n", 404
    return f"the {name} is {HEIGHTS[name]} m high\n"
