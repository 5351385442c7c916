// Package shelf knows the books of a small library.
package shelf

import (
	_ "embed"
	"strings"

	"github.com/dustin/go-humanize"
)

//go:embed books.txt
var books string

// Titles are the books, in the order of the shelf.
func Titles() []string {
	return strings.Split(strings.TrimSpace(books), "\n")
}

// Size is how much their titles take, for people.
func Size() string {
	return humanize.Bytes(uint64(len(books)))
}
