/** The farm hub as a farm of processes behind a plain load balancer. */
@NullMarked
package io.sharedredis.farmhub;

import org.jspecify.annotations.NullMarked;
