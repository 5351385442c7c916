// Package words spells numbers.
package words

var names = []string{"zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"}

// Of is the word for a number up to twelve.
func Of(number int) string {
	return names[number]
}
