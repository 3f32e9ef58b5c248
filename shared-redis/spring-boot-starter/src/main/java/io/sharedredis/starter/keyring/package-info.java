/** The key ring before operators: the actuator endpoint {@code keyring}. */
@NullMarked
package io.sharedredis.starter.keyring;

import org.jspecify.annotations.NullMarked;
