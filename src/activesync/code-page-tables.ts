/** The tags of one code page, as they are written down here. */
export interface CodePageTable {
  readonly number: number;
  readonly name: string;
  /**
   * Names by the token of the first of them, those that follow counting up by one: `.` stands for an unassigned token,
   * parentheses for a name that only protocol 2.5 and earlier knew.
   */
  readonly rows: Readonly<Record<number, string>>;
}

/**
 * Every code page of ActiveSync, in order of its number.
 * Source: MS-ASWBXML 2.1.2.1 (code pages 0 to 25); the names in parentheses from libwbxml's table of tags. The names that
 * protocol 2.5 had on other pages than 0, 7, 13 and 14 are not here: such tags are known by their number alone.
 */
export const CODE_PAGE_TABLES: readonly CodePageTable[] = [
  {
    number: 0,
    name: "AirSync",
    rows: {
      0x05: "Sync Responses Add",
      0x08: "Change Delete Fetch SyncKey ClientId ServerId Status Collection",
      0x10: "Class (Version) CollectionId GetChanges MoreAvailable WindowSize Commands Options",
      0x18: "FilterType (Truncation) (RTFTruncation) Conflict Collections ApplicationData DeletesAsMoves (NotifyGUID)",
      0x20: "Supported SoftDelete MIMESupport MIMETruncation Wait Limit Partial ConversationMode",
      0x28: "MaxItems HeartbeatInterval",
    },
  },
  {
    number: 1,
    name: "Contacts",
    rows: {
      0x05: "Anniversary AssistantName AssistantPhoneNumber",
      0x08: "Birthday . . . Business2PhoneNumber BusinessAddressCity BusinessAddressCountry BusinessAddressPostalCode",
      0x10: "BusinessAddressState BusinessAddressStreet BusinessFaxNumber BusinessPhoneNumber",
      0x14: "CarPhoneNumber Categories Category Children",
      0x18: "Child CompanyName Department Email1Address Email2Address Email3Address FileAs FirstName",
      0x20: "Home2PhoneNumber HomeAddressCity HomeAddressCountry HomeAddressPostalCode",
      0x24: "HomeAddressState HomeAddressStreet HomeFaxNumber HomePhoneNumber",
      0x28: "JobTitle LastName MiddleName MobilePhoneNumber",
      0x2c: "OfficeLocation OtherAddressCity OtherAddressCountry OtherAddressPostalCode",
      0x30: "OtherAddressState OtherAddressStreet PagerNumber RadioPhoneNumber Spouse Suffix Title WebPage",
      0x38: "YomiCompanyName YomiFirstName YomiLastName . Picture Alias WeightedRank",
    },
  },
  {
    number: 2,
    name: "Email",
    rows: {
      0x0f: "DateReceived",
      0x11: "DisplayTo Importance MessageClass Subject Read To Cc",
      0x18: "From ReplyTo AllDayEvent Categories Category DtStamp EndTime InstanceType",
      0x20: "BusyStatus Location MeetingRequest Organizer RecurrenceId Reminder ResponseRequested Recurrences",
      0x28: "Recurrence Type Until Occurrences Interval DayOfWeek DayOfMonth WeekOfMonth",
      0x30: "MonthOfYear StartTime Sensitivity TimeZone GlobalObjId ThreadTopic",
      0x39: "InternetCPID Flag Status ContentClass FlagType CompleteTime DisallowNewTimeProposal",
    },
  },
  {
    number: 3,
    name: "AirNotify",
    rows: {},
  },
  {
    number: 4,
    name: "Calendar",
    rows: {
      0x05: "Timezone AllDayEvent Attendees",
      0x08: "Attendee Email Name . . BusyStatus Categories Category",
      0x11: "DtStamp EndTime Exception Exceptions Deleted ExceptionStartTime Location",
      0x18: "MeetingStatus OrganizerEmail OrganizerName Recurrence Type Until Occurrences Interval",
      0x20: "DayOfWeek DayOfMonth WeekOfMonth MonthOfYear Reminder Sensitivity Subject StartTime",
      0x28: "UID AttendeeStatus AttendeeType",
      0x33: "DisallowNewTimeProposal ResponseRequested AppointmentReplyTime ResponseType CalendarType",
      0x38: "IsLeapMonth FirstDayOfWeek OnlineMeetingConfLink OnlineMeetingExternalLink ClientUid",
    },
  },
  {
    number: 5,
    name: "Move",
    rows: {
      0x05: "MoveItems Move SrcMsgId",
      0x08: "SrcFldId DstFldId Response Status DstMsgId",
    },
  },
  {
    number: 6,
    name: "GetItemEstimate",
    rows: {
      0x05: "GetItemEstimate . Collections",
      0x08: "Collection Class CollectionId . Estimate Response Status",
    },
  },
  {
    number: 7,
    name: "FolderHierarchy",
    rows: {
      0x05: "Folders Folder DisplayName",
      0x08: "ServerId ParentId Type (Response) Status (ContentClass) Changes Add",
      0x10: "Delete Update SyncKey FolderCreate FolderDelete FolderUpdate FolderSync Count",
      0x18: "(Version)",
    },
  },
  {
    number: 8,
    name: "MeetingResponse",
    rows: {
      0x05: "CalendarId CollectionId MeetingResponse",
      0x08: "RequestId Request Result Status UserResponse . InstanceId",
      0x10: "ProposedStartTime ProposedEndTime SendResponse",
    },
  },
  {
    number: 9,
    name: "Tasks",
    rows: {
      0x08: "Categories Category Complete DateCompleted DueDate UtcDueDate Importance Recurrence",
      0x10: "Type Start Until Occurrences Interval DayOfMonth DayOfWeek WeekOfMonth",
      0x18: "MonthOfYear Regenerate DeadOccur ReminderSet ReminderTime Sensitivity StartDate UtcStartDate",
      0x20: "Subject . OrdinalDate SubOrdinalDate CalendarType IsLeapMonth FirstDayOfWeek",
    },
  },
  {
    number: 10,
    name: "ResolveRecipients",
    rows: {
      0x05: "ResolveRecipients Response Status",
      0x08: "Type Recipient DisplayName EmailAddress Certificates Certificate MiniCertificate Options",
      0x10: "To CertificateRetrieval RecipientCount MaxCertificates",
      0x14: "MaxAmbiguousRecipients CertificateCount Availability StartTime",
      0x18: "EndTime MergedFreeBusy Picture MaxSize Data MaxPictures",
    },
  },
  {
    number: 11,
    name: "ValidateCert",
    rows: {
      0x05: "ValidateCert Certificates Certificate",
      0x08: "CertificateChain CheckCrl Status",
    },
  },
  {
    number: 12,
    name: "Contacts2",
    rows: {
      0x05: "CustomerId GovernmentId IMAddress",
      0x08: "IMAddress2 IMAddress3 ManagerName CompanyMainPhone AccountName NickName MMS",
    },
  },
  {
    number: 13,
    name: "Ping",
    rows: {
      0x05: "Ping (AutdState) Status",
      0x08: "HeartbeatInterval Folders Folder Id Class MaxFolders",
    },
  },
  {
    number: 14,
    name: "Provision",
    rows: {
      0x05: "Provision Policies Policy",
      0x08: "PolicyType PolicyKey Data Status",
      0x0c: "RemoteWipe EASProvisionDoc DevicePasswordEnabled AlphanumericDevicePasswordRequired",
      0x10: "RequireStorageCardEncryption PasswordRecoveryEnabled (DocumentBrowseEnabled) AttachmentsEnabled",
      0x14: "MinDevicePasswordLength MaxInactivityTimeDeviceLock MaxDevicePasswordFailedAttempts MaxAttachmentSize",
      0x18: "AllowSimpleDevicePassword DevicePasswordExpiration DevicePasswordHistory AllowStorageCard",
      0x1c: "AllowCamera RequireDeviceEncryption AllowUnsignedApplications AllowUnsignedInstallationPackages",
      0x20: "MinDevicePasswordComplexCharacters AllowWiFi AllowTextMessaging AllowPOPIMAPEmail",
      0x24: "AllowBluetooth AllowIrDA RequireManualSyncWhenRoaming AllowDesktopSync",
      0x28: "MaxCalendarAgeFilter AllowHTMLEmail MaxEmailAgeFilter MaxEmailBodyTruncationSize",
      0x2c: "MaxEmailHTMLBodyTruncationSize RequireSignedSMIMEMessages",
      0x2e: "RequireEncryptedSMIMEMessages RequireSignedSMIMEAlgorithm",
      0x30: "RequireEncryptionSMIMEAlgorithm AllowSMIMEEncryptionAlgorithmNegotiation AllowSMIMESoftCerts AllowBrowser",
      0x34: "AllowConsumerEmail AllowRemoteDesktop AllowInternetSharing UnapprovedInROMApplicationList",
      0x38: "ApplicationName ApprovedApplicationList Hash AccountOnlyRemoteWipe",
    },
  },
  {
    number: 15,
    name: "Search",
    rows: {
      0x05: "Search . Store",
      0x08: "Name Query Options Range Status Response Result Properties",
      0x10: "Total EqualTo Value And Or FreeText . DeepTraversal",
      0x18: "LongId RebuildResults LessThan GreaterThan . . UserName Password",
      0x20: "ConversationId Picture MaxSize MaxPictures",
    },
  },
  {
    number: 16,
    name: "GAL",
    rows: {
      0x05: "DisplayName Phone Office",
      0x08: "Title Company Alias FirstName LastName HomePhone MobilePhone EmailAddress",
      0x10: "Picture Status Data",
    },
  },
  {
    number: 17,
    name: "AirSyncBase",
    rows: {
      0x05: "BodyPreference Type TruncationSize",
      0x08: "AllOrNone . Body Data EstimatedDataSize Truncated Attachments Attachment",
      0x10: "DisplayName FileReference Method ContentId ContentLocation IsInline NativeBodyType ContentType",
      0x18: "Preview BodyPartPreference BodyPart Status Add Delete ClientId Content",
      0x20: "Location Annotation Street City State Country PostalCode Latitude",
      0x28: "Longitude Accuracy Altitude AltitudeAccuracy LocationUri InstanceId",
    },
  },
  {
    number: 18,
    name: "Settings",
    rows: {
      0x05: "Settings Status Get",
      0x08: "Set Oof OofState StartTime EndTime OofMessage AppliesToInternal AppliesToExternalKnown",
      0x10: "AppliesToExternalUnknown Enabled ReplyMessage BodyType DevicePassword Password DeviceInformation Model",
      0x18: "IMEI FriendlyName OS OSLanguage PhoneNumber UserInformation EmailAddresses SMTPAddress",
      0x20: "UserAgent EnableOutboundSMS MobileOperator PrimarySmtpAddress Accounts Account AccountId AccountName",
      0x28: "UserDisplayName SendDisabled . RightsManagementInformation",
    },
  },
  {
    number: 19,
    name: "DocumentLibrary",
    rows: {
      0x05: "LinkId DisplayName IsFolder",
      0x08: "CreationDate LastModifiedDate IsHidden ContentLength ContentType",
    },
  },
  {
    number: 20,
    name: "ItemOperations",
    rows: {
      0x05: "ItemOperations Fetch Store",
      0x08: "Options Range Total Properties Data Status Response Version",
      0x10: "Schema Part EmptyFolderContents DeleteSubFolders UserName Password Move DstFldId",
      0x18: "ConversationId MoveAlways",
    },
  },
  {
    number: 21,
    name: "ComposeMail",
    rows: {
      0x05: "SendMail SmartForward SmartReply",
      0x08: "SaveInSentItems ReplaceMime . Source FolderId ItemId LongId InstanceId",
      0x10: "Mime ClientId Status AccountId . Forwardees Forwardee ForwardeeName",
      0x18: "ForwardeeEmail",
    },
  },
  {
    number: 22,
    name: "Email2",
    rows: {
      0x05: "UmCallerID UmUserNotes UmAttDuration",
      0x08: "UmAttOrder ConversationId ConversationIndex LastVerbExecuted",
      0x0c: "LastVerbExecutionTime ReceivedAsBcc Sender CalendarType",
      0x10: "IsLeapMonth AccountId FirstDayOfWeek MeetingMessageType . IsDraft Bcc Send",
    },
  },
  {
    number: 23,
    name: "Notes",
    rows: {
      0x05: "Subject MessageClass LastModifiedDate",
      0x08: "Categories Category",
    },
  },
  {
    number: 24,
    name: "RightsManagement",
    rows: {
      0x05: "RightsManagementSupport RightsManagementTemplates RightsManagementTemplate",
      0x08: "RightsManagementLicense EditAllowed ReplyAllowed ReplyAllAllowed",
      0x0c: "ForwardAllowed ModifyRecipientsAllowed ExtractAllowed PrintAllowed",
      0x10: "ExportAllowed ProgrammaticAccessAllowed Owner ContentExpiryDate",
      0x14: "TemplateID TemplateName TemplateDescription ContentOwner",
      0x18: "RemoveRightsManagementProtection",
    },
  },
  {
    number: 25,
    name: "Find",
    rows: {
      0x05: "Find SearchId ExecuteSearch",
      0x08: "MailBoxSearchCriterion Query Status FreeText Options Range DeepTraversal",
      0x11: "Response Result Properties Preview HasAttachments Total DisplayCc",
      0x18: "DisplayBcc GALSearchCriterion",
      0x20: "MaxPictures MaxSize Picture",
    },
  },
];
