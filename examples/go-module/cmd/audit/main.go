package main

import (
	"fmt"

	"example.com/shelf"
)

func main() {
	fmt.Printf("%d books are where they should be\n", len(shelf.Titles()))
}
