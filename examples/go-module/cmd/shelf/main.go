package main

import (
	"fmt"
	"log"
	"net/http"
	"os"
	"strings"

	"example.com/shelf"
)

func main() {
	http.HandleFunc("/", func(answer http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(answer, "%s in %s\n", strings.Join(shelf.Titles(), ", "), shelf.Size())
	})
	port := os.Getenv("PORT")
	if port == "" {
		port = "8080"
	}
	log.Fatal(http.ListenAndServe(":"+port, nil))
}
