// Package tides knows when the water is high.
package tides

// High is when the water is high today.
var High = []string{"05:12", "17:40"}
