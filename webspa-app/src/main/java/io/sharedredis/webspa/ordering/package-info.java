/** Orders and their life: checkout, grace period, stock, payment, cancel, ship. */
@NullMarked
package io.sharedredis.webspa.ordering;

import org.jspecify.annotations.NullMarked;
