/** Absolute path of the folder that this file is in. */
export declare const here: string;
