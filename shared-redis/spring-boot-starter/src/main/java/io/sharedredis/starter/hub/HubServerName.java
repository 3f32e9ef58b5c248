package io.sharedredis.starter.hub;

/**
 * This process's name among the replicas of its farm.
 *
 * @param value without blanks, fresh at each start
 */
record HubServerName(String value) {}
