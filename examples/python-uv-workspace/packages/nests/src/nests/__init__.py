from tinydb import TinyDB
from tinydb.storages import MemoryStorage


def nests() -> list[str]:
    store = TinyDB(storage=MemoryStorage)
    store.insert_multiple([{"bird": "wren"}, {"bird": "swift"}])
    return [nest["bird"] for nest in store]
