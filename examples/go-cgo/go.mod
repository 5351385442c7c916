module example.com/buoy

go 1.25.3
