-- Put before append.lua: channels of a partition, in the slot of the keys.
local PUBLISH = 'SPUBLISH'
