module example.com/shelf

go 1.25.3

require github.com/dustin/go-humanize v1.0.1
