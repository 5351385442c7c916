package main

import (
	"fmt"

	"example.com/tides/internal/tides"
)

func main() {
	fmt.Println("next high water:", tides.High[0])
}
