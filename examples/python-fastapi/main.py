from fastapi import FastAPI

app = FastAPI()


@app.get("/berths/{number}")
def berth(number: int) -> dict[str, int | bool]:
    return {"number": number, "free": number % 2 == 1}
