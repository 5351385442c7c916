module example.com/tides

go 1.25.3
