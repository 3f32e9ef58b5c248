/**
 * The contract of hubs that run on several replicas, with connections that remember what they were
 * sent.
 */
@NullMarked
package io.sharedredis.testkit.backplane;

import org.jspecify.annotations.NullMarked;
