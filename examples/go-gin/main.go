// Serves what lies in a harbour.
package main

import (
	"net/http"
	"os"

	"github.com/gin-gonic/gin"
)

func main() {
	gin.SetMode(gin.ReleaseMode)
	router := gin.New()
	router.GET("/berths/:number", func(context *gin.Context) {
		context.String(http.StatusOK, "berth %s is free\n", context.Param("number"))
	})
	port := os.Getenv("PORT")
	if port == "" {
		port = "8080"
	}
	if err := router.Run(":" + port); err != nil {
		panic(err)
	}
}
