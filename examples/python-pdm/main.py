import sys

from tinydb import TinyDB
from tinydb.storages import MemoryStorage

birds = TinyDB(storage=MemoryStorage)
birds.insert_multiple([{"name": "heron"}, {"name": "kingfisher"}])

print(f"{len(birds)} birds, in {sys.prefix}")
