local all, n, sent, threads = nil, 0, 0, {}
last = os.time()
function setup(thread)
  threads[#threads + 1] = thread
end
function init()
  all = {
REQUESTS  }
end
function request()
  n, sent = n % #all + 1, sent + 1
  if os.time() ~= last then
    last = os.time()
    io.write("instep-sent " .. sent .. "\n")
    io.flush()
    sent = 0
  end
  return all[n]
end
function done(summary, latency, requests)
  local e, curve, silent = summary.errors, {}, {}
  for _, at in ipairs({ PERCENTILES }) do
    local value = at == 0 and latency.min or at == 100 and latency.max or latency:percentile(at)
    curve[#curve + 1] = string.format("[%s, %d]", at, value)
  end
  for _, thread in ipairs(threads) do
    silent[#silent + 1] = os.time() - thread:get("last")
  end
  io.write(string.format('instep-figures {"requests": %d, "bytes": %d, "microseconds": %d, "mean": %.0f, ' ..
    '"connect": %d, "read": %d, "write": %d, "status": %d, "timeout": %d, "silent": [%s], "curve": [%s]}\n',
    summary.requests, summary.bytes, summary.duration, latency.mean,
    e.connect, e.read, e.write, e.status, e.timeout, table.concat(silent, ", "), table.concat(curve, ", ")))
end
