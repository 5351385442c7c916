require "./app"

run Herbarium
