package main

import (
	"fmt"
	"strings"

	"example.com/tides/internal/tides"
)

func main() {
	fmt.Println("high water at", strings.Join(tides.High, " and "))
}
