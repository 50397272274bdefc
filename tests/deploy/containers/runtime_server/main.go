// A server that needs nothing in its image: it loads for as long as LOAD_MS says, streams, and ends when it is told to.
package main

import (
	"flag"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"
)

func main() {
	_ = flag.String("host", "", "")
	port := flag.String("port", "8000", "")
	_ = flag.String("model", "", "")
	flag.Parse()
	fmt.Println("loading the model")
	if code, err := strconv.Atoi(os.Getenv("EXIT_CODE")); err == nil {
		fmt.Fprintln(os.Stderr, "out of memory on every device")
		os.Exit(code)
	}
	load, _ := strconv.Atoi(os.Getenv("LOAD_MS"))
	ready := time.Now().Add(time.Duration(load) * time.Millisecond)
	host, _ := os.Hostname()
	http.HandleFunc("/health", func(answer http.ResponseWriter, _ *http.Request) {
		if time.Now().Before(ready) {
			answer.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	http.HandleFunc("/metrics", func(answer http.ResponseWriter, _ *http.Request) {
		fmt.Fprintln(answer, "server_up 1")
	})
	http.HandleFunc("/v1/stream", func(answer http.ResponseWriter, _ *http.Request) {
		answer.Header().Set("content-type", "text/event-stream")
		fmt.Fprintf(answer, "data: %s\n\n", host)
		answer.(http.Flusher).Flush()
		time.Sleep(400 * time.Millisecond)
		fmt.Fprint(answer, "data: [DONE]\n\n")
	})
	http.HandleFunc("/v1/chat/completions", func(answer http.ResponseWriter, _ *http.Request) {
		answer.Header().Set("content-type", "text/event-stream")
		for _, word := range []string{"four", " of", " them"} {
			fmt.Fprintf(answer, "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":%q}}]}\n\n", word)
			answer.(http.Flusher).Flush()
			time.Sleep(5 * time.Millisecond)
		}
		fmt.Fprint(answer, "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n")
		fmt.Fprint(answer, "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":20,\"completion_tokens\":3,\"total_tokens\":23}}\n\n")
		fmt.Fprint(answer, "data: [DONE]\n\n")
	})
	ended := make(chan os.Signal, 1)
	signal.Notify(ended, syscall.SIGTERM)
	go func() {
		<-ended
		fmt.Println("asked to end")
		os.Exit(0)
	}()
	if err := http.ListenAndServe(":"+*port, nil); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
