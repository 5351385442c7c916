#include "checksum.h"

/* NMEA 0183: every character of a sentence, one after the other, by exclusive or. */
unsigned char checksum(const char *sentence) {
	unsigned char sum = 0;
	while (*sentence != '\0') {
		sum ^= (unsigned char)*sentence;
		sentence++;
	}
	return sum;
}
