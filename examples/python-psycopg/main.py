import sys

import psycopg2

try:
    psycopg2.connect("host=/nowhere user=buoy")
except psycopg2.OperationalError as error:
    print("libpq says:", error, file=sys.stdout)
