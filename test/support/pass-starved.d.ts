/** How long this process's main thread has waited for a processor so far, in ms; 0 where the kernel does not tell. */
export declare function starvedMs(): number;
