-- The status follows kstatus (docs/status.md), that of SecurityBaselines and that of BaselineWaivers. Compliant is posture, not health: it is told, and fails no sync.
local health = { status = "Progressing", message = "Waiting for the operator" }
if obj.status == nil or obj.status.conditions == nil then
  return health
end

-- What was said of an older spec is no news of this one.
local is = {}
for _, condition in ipairs(obj.status.conditions) do
  if condition.observedGeneration == obj.metadata.generation then
    is[condition.type] = condition
  end
end

if is.Stalled ~= nil and is.Stalled.status == "True" then
  return { status = "Degraded", message = is.Stalled.message }
end
if is.Reconciling ~= nil and is.Reconciling.status == "True" then
  return { status = "Progressing", message = is.Reconciling.message }
end
if is.Ready ~= nil and is.Ready.status == "True" and obj.status.observedGeneration == obj.metadata.generation then
  health = { status = "Healthy", message = is.Ready.message }
  if is.Compliant ~= nil and is.Compliant.status ~= "True" then
    health.message = health.message .. "; " .. is.Compliant.message
  end
end
return health
