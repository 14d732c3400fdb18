package dev.offshoot.mql;

/**
 * An error of MongoDB's: number and name as its server answers them ({@code src/mongo/base/error_codes.yml}). Errors without a
 * name of their own are {@code Location<number>}: {@link #location}.
 */
public record ErrorCode(int number, String name) {
    public static final ErrorCode INTERNAL_ERROR = new ErrorCode(1, "InternalError");
    public static final ErrorCode BAD_VALUE = new ErrorCode(2, "BadValue");
    public static final ErrorCode NO_SUCH_KEY = new ErrorCode(4, "NoSuchKey");
    public static final ErrorCode GRAPH_CONTAINS_CYCLE = new ErrorCode(5, "GraphContainsCycle");
    public static final ErrorCode HOST_UNREACHABLE = new ErrorCode(6, "HostUnreachable");
    public static final ErrorCode FAILED_TO_PARSE = new ErrorCode(9, "FailedToParse");
    public static final ErrorCode UNAUTHORIZED = new ErrorCode(13, "Unauthorized");
    public static final ErrorCode TYPE_MISMATCH = new ErrorCode(14, "TypeMismatch");
    public static final ErrorCode OVERFLOW = new ErrorCode(15, "Overflow");
    public static final ErrorCode INVALID_LENGTH = new ErrorCode(16, "InvalidLength");
    public static final ErrorCode ILLEGAL_OPERATION = new ErrorCode(20, "IllegalOperation");
    public static final ErrorCode INVALID_BSON = new ErrorCode(22, "InvalidBSON");
    public static final ErrorCode NAMESPACE_NOT_FOUND = new ErrorCode(26, "NamespaceNotFound");
    public static final ErrorCode INDEX_NOT_FOUND = new ErrorCode(27, "IndexNotFound");
    public static final ErrorCode PATH_NOT_VIABLE = new ErrorCode(28, "PathNotViable");
    public static final ErrorCode CONFLICTING_UPDATE_OPERATORS = new ErrorCode(40, "ConflictingUpdateOperators");
    public static final ErrorCode CURSOR_NOT_FOUND = new ErrorCode(43, "CursorNotFound");
    public static final ErrorCode NAMESPACE_EXISTS = new ErrorCode(48, "NamespaceExists");
    public static final ErrorCode DATABASE_DIFFER_CASE = new ErrorCode(13297, "DatabaseDifferCase");
    public static final ErrorCode DOLLAR_PREFIXED_FIELD_NAME = new ErrorCode(52, "DollarPrefixedFieldName");
    public static final ErrorCode INVALID_ID_FIELD = new ErrorCode(53, "InvalidIdField");
    public static final ErrorCode INVALID_DB_REF = new ErrorCode(55, "InvalidDBRef");
    public static final ErrorCode EMPTY_FIELD_NAME = new ErrorCode(56, "EmptyFieldName");
    public static final ErrorCode COMMAND_NOT_FOUND = new ErrorCode(59, "CommandNotFound");
    public static final ErrorCode WRITE_CONCERN_FAILED = new ErrorCode(64, "WriteConcernFailed");
    public static final ErrorCode IMMUTABLE_FIELD = new ErrorCode(66, "ImmutableField");
    public static final ErrorCode CANNOT_CREATE_INDEX = new ErrorCode(67, "CannotCreateIndex");
    public static final ErrorCode INVALID_OPTIONS = new ErrorCode(72, "InvalidOptions");
    public static final ErrorCode INVALID_NAMESPACE = new ErrorCode(73, "InvalidNamespace");
    public static final ErrorCode INDEX_OPTIONS_CONFLICT = new ErrorCode(85, "IndexOptionsConflict");
    public static final ErrorCode INDEX_KEY_SPECS_CONFLICT = new ErrorCode(86, "IndexKeySpecsConflict");
    public static final ErrorCode NOT_EXACT_VALUE_FIELD = new ErrorCode(111, "NotExactValueField");
    public static final ErrorCode WRITE_CONFLICT = new ErrorCode(112, "WriteConflict");
    public static final ErrorCode COMMAND_NOT_SUPPORTED = new ErrorCode(115, "CommandNotSupported");
    public static final ErrorCode CONFLICTING_OPERATION_IN_PROGRESS =
            new ErrorCode(117, "ConflictingOperationInProgress");
    public static final ErrorCode DOCUMENT_VALIDATION_FAILURE = new ErrorCode(121, "DocumentValidationFailure");
    public static final ErrorCode INCOMPATIBLE_COLLATION_VERSION = new ErrorCode(161, "IncompatibleCollationVersion");
    public static final ErrorCode COMMAND_NOT_SUPPORTED_ON_VIEW = new ErrorCode(166, "CommandNotSupportedOnView");
    public static final ErrorCode OPTION_NOT_SUPPORTED_ON_VIEW = new ErrorCode(167, "OptionNotSupportedOnView");
    public static final ErrorCode VIEW_DEPTH_LIMIT_EXCEEDED = new ErrorCode(165, "ViewDepthLimitExceeded");
    public static final ErrorCode VIEW_PIPELINE_TOO_LARGE = new ErrorCode(221, "ViewPipelineMaxSizeExceeded");
    public static final ErrorCode COMMAND_FAILED = new ErrorCode(125, "CommandFailed");
    public static final ErrorCode CANNOT_CONVERT_INDEX_TO_UNIQUE = new ErrorCode(359, "CannotConvertIndexToUnique");
    public static final ErrorCode QUERY_PLAN_KILLED = new ErrorCode(175, "QueryPlanKilled");
    public static final ErrorCode CAPPED_POSITION_LOST = new ErrorCode(136, "CappedPositionLost");
    public static final ErrorCode CURSOR_IN_USE = new ErrorCode(12051, "CursorInUse");
    public static final ErrorCode OPERATION_FAILED = new ErrorCode(96, "OperationFailed");
    public static final ErrorCode DATA_CORRUPTION = new ErrorCode(96, "OperationFailed");
    public static final ErrorCode INVALID_INDEX_SPECIFICATION_OPTION =
            new ErrorCode(197, "InvalidIndexSpecificationOption");
    public static final ErrorCode AMBIGUOUS_INDEX_KEY_PATTERN = new ErrorCode(181, "AmbiguousIndexKeyPattern");
    public static final ErrorCode UNKNOWN_WRITE_CONCERN = new ErrorCode(79, "UnknownReplWriteConcern");
    public static final ErrorCode API_VERSION_ERROR = new ErrorCode(322, "APIVersionError");
    public static final ErrorCode API_STRICT_ERROR = new ErrorCode(323, "APIStrictError");
    public static final ErrorCode OPERATION_NOT_SUPPORTED_IN_TRANSACTION =
            new ErrorCode(263, "OperationNotSupportedInTransaction");
    public static final ErrorCode TRANSACTION_TOO_OLD = new ErrorCode(225, "TransactionTooOld");
    public static final ErrorCode CANNOT_INDEX_PARALLEL_ARRAYS = new ErrorCode(171, "CannotIndexParallelArrays");
    public static final ErrorCode QUERY_FEATURE_NOT_ALLOWED = new ErrorCode(224, "QueryFeatureNotAllowed");
    public static final ErrorCode MAX_SUB_PIPELINE_DEPTH_EXCEEDED = new ErrorCode(232, "MaxSubPipelineDepthExceeded");
    public static final ErrorCode MERGE_STAGE_NO_MATCHING_DOCUMENT =
            new ErrorCode(13113, "MergeStageNoMatchingDocument");
    public static final ErrorCode INTERRUPTED = new ErrorCode(11601, "Interrupted");
    public static final ErrorCode NOT_IMPLEMENTED = new ErrorCode(238, "NotImplemented");
    public static final ErrorCode NOT_SINGLE_VALUE_FIELD = new ErrorCode(54, "NotSingleValueField");
    public static final ErrorCode INVALID_PIPELINE_OPERATOR = new ErrorCode(168, "InvalidPipelineOperator");
    public static final ErrorCode EXCEEDED_MEMORY_LIMIT = new ErrorCode(146, "ExceededMemoryLimit");
    public static final ErrorCode CONVERSION_FAILURE = new ErrorCode(241, "ConversionFailure");
    public static final ErrorCode CANNOT_BACKFILL_ARRAY = new ErrorCode(15891, "CannotBackfillArray");
    public static final ErrorCode MAX_TIME_MS_EXPIRED = new ErrorCode(50, "MaxTimeMSExpired");
    public static final ErrorCode QUERY_EXCEEDED_MEMORY =
            new ErrorCode(292, "QueryExceededMemoryLimitNoDiskUseAllowed");
    public static final ErrorCode NO_QUERY_EXECUTION_PLANS = new ErrorCode(291, "NoQueryExecutionPlans");
    public static final ErrorCode BSON_OBJECT_TOO_LARGE = new ErrorCode(10334, "BSONObjectTooLarge");
    public static final ErrorCode DUPLICATE_KEY = new ErrorCode(11000, "DuplicateKey");
    public static final ErrorCode NOT_A_RETRYABLE_WRITE_COMMAND = new ErrorCode(50768, "NotARetryableWriteCommand");
    public static final ErrorCode SHUTDOWN_IN_PROGRESS = new ErrorCode(91, "ShutdownInProgress");
    public static final ErrorCode UNKNOWN_FIELD = location(40415);

    /** An error that has a number and no name. */
    public static ErrorCode location(int number) {
        return new ErrorCode(number, "Location" + number);
    }
}
