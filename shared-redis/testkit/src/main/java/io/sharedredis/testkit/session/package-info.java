/**
 * What a session store shall do, as a model in plain Java, and random histories of requests on
 * several replicas that hold a store against it.
 */
@NullMarked
package io.sharedredis.testkit.session;

import org.jspecify.annotations.NullMarked;
