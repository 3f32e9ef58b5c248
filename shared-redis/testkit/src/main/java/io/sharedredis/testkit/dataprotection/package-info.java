/** Contract suites of data protection: what every form of a key repository must do. */
@NullMarked
package io.sharedredis.testkit.dataprotection;

import org.jspecify.annotations.NullMarked;
