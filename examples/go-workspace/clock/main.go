package main

import (
	"fmt"

	"example.com/words"
)

func main() {
	fmt.Printf("a clock shows the hours from %s to %s\n", words.Of(1), words.Of(12))
}
