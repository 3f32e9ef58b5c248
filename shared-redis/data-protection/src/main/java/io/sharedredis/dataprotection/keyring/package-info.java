/**
 * The key ring: which keys there are, which of them protects, how it is read from its elements and
 * kept fresh. Public for the other packages of this module, except what {@code KeyManager} hands
 * out.
 */
@NullMarked
package io.sharedredis.dataprotection.keyring;

import org.jspecify.annotations.NullMarked;
