/**
 * Authentication tickets (format 5): who is signed in, as cookies, bearer tokens and OAuth state
 * carry it.
 */
@NullMarked
package io.sharedredis.dataprotection.aspnet.ticket;

import org.jspecify.annotations.NullMarked;
