-- Posts small prompts to the generate route.
wrk.method = "POST"
wrk.body = '{"prompt": "A red cat playing guitar"}'
wrk.headers["Authorization"] = "Bearer local-dev-key"
wrk.headers["Content-Type"] = "application/json"
