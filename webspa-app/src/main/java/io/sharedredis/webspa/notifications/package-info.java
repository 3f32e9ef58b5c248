/** Status events to the buyer's browser, whatever replica holds its hub connection. */
@NullMarked
package io.sharedredis.webspa.notifications;

import org.jspecify.annotations.NullMarked;
