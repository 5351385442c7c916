// Tells the checksum of a buoy's message, which code in C works out.
package main

// #include <stdlib.h>
// #include "checksum.h"
import "C"

import (
	"fmt"
	"unsafe"
)

func main() {
	sentence := C.CString("GPGLL,5300.97914,N,00259.98174,E,125926,A")
	defer C.free(unsafe.Pointer(sentence))
	fmt.Printf("checksum %02X\n", uint8(C.checksum(sentence)))
}
