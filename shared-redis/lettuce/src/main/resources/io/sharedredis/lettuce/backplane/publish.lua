-- Put before append.lua: ordinary channels, which every node of a cluster hears.
local PUBLISH = 'PUBLISH'
