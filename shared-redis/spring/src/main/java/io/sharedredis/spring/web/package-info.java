/**
 * What every replica does at the edge of HTTP, before any application code: it says who it is,
 * answers the probes, knows its public URL and whose forwarded headers it believes.
 */
@NullMarked
package io.sharedredis.spring.web;

import org.jspecify.annotations.NullMarked;
