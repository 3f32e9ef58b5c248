/** Operating sessions: the actuator endpoint and the meters of our session store. */
@NullMarked
package io.sharedredis.starter.session;

import org.jspecify.annotations.NullMarked;
