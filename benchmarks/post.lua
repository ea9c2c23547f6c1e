-- Posts bodies chosen at random from the file that BODIES names, one on a line, and prints the figures as JSON.
local requests, threads = {}, {}
bad, checked = 0, 0

function setup(thread)
  table.insert(threads, thread)
end

function init(args)
  math.randomseed(tonumber(os.getenv("SEED") or "1"))
  local headers = {
    ["Content-Type"] = "application/json",
    ["Accept"] = "application/graphql-response+json, application/json",
  }
  for body in io.lines(os.getenv("BODIES")) do
    requests[#requests + 1] = wrk.format("POST", wrk.path, headers, body)
  end
end

function request()
  return requests[math.random(#requests)]
end

-- An answer with errors has status 200 in some systems; looking into the first hundred costs the load nothing.
function response(status, headers, body)
  checked = checked + 1
  if status ~= 200 or (checked <= 100 and body:find('"errors"', 1, true)) then
    bad = bad + 1
  end
end

function done(summary, latency)
  local refused = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
  for _, thread in ipairs(threads) do
    refused = refused + thread:get("bad")
  end
  io.write(string.format(
    '\nFIGURES {"p50": %f, "p99": %f, "rate": %f, "errors": %d}\n',
    latency:percentile(50) / 1000, latency:percentile(99) / 1000, summary.requests / (summary.duration / 1e6), refused
  ))
end
