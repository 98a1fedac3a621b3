// SPDX-License-Identifier: MIT
pragma solidity 0.8.24;

import { Ownable, Ownable2Step } from "@openzeppelin/contracts/access/Ownable2Step.sol";
import { ECDSA } from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import { EIP712 } from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import { IERC165 } from "@openzeppelin/contracts/utils/introspection/IERC165.sol";
import { ISeaportZone, Schema, ZoneParameters } from "./ISeaportZone.sol";

/// @title Lets a protected order be filled only with Souk's short-lived authorization
/// @notice A restricted Seaport 1.6 order that names this zone can be filled by one account, for one quantity, until
///         one instant: those that a Souk signer put its name to. That is what makes a hold exclusive and a cancel
///         final. The zone holds no tokens and cannot change an order's terms.
/// @dev    `extraData`, 125 bytes, packed:
///
///           offset  bytes  what
///                0      1  version, 0x00
///                1     20  fulfiller: the account that must call Seaport; zero is no wildcard
///               21      8  expiry: UNIX seconds; the fill's block time must be below it
///               29     32  quantity: the exact amount of the order's first offered item in this fill
///               61     64  signature: EIP-2098 compact, over
///                          FillAuthorization(bytes32 orderHash,address fulfiller,uint256 quantity,uint64 expiry)
///                          in the EIP-712 domain {"SoukZone", "1", chain id, this contract}
///
///         Modelled on SIP-7 (server-signed orders), whose authorization has no quantity; hence a layout of its own.
///         Seaport does not ask the zone when the zone itself calls, and this zone never does.
contract SoukZone is ISeaportZone, EIP712, Ownable2Step {
    /// @notice Whose turn a signer has had. A signer only ever moves forward.
    enum SignerStatus {
        Unknown,
        Active,
        Removed
    }

    /// @notice EIP-712 type hash of an authorization.
    bytes32 public constant FILL_AUTHORIZATION_TYPEHASH = keccak256(
        "FillAuthorization(bytes32 orderHash,address fulfiller,uint256 quantity,uint64 expiry)"
    );

    /// @notice The only account that may ask.
    /// @dev    Were others let in, anyone who saw an authorization in the memory pool could call validateOrder with
    ///         it and use it up before its holder's fill is mined.
    address public immutable SEAPORT;

    uint256 private constant EXTRA_DATA_BYTES = 125;
    uint8 private constant ERC721 = 2;

    /// @notice Every signer there ever was.
    mapping(address signer => SignerStatus) public signerStatus;

    /// @notice Authorizations of divisible orders that are used up, by EIP-712 digest.
    mapping(bytes32 digest => bool) public isUsed;

    event SignerAdded(address indexed signer);
    event SignerRemoved(address indexed signer);

    /// @notice The caller is not Seaport.
    error CallerNotSeaport(address caller);
    /// @notice The authorization is missing, of another version or of another length.
    error InvalidExtraData(bytes32 orderHash);
    /// @notice Another account than the authorized one calls.
    error FillerMismatch(bytes32 orderHash, address authorized, address actual);
    /// @notice The block's time has reached the expiry.
    error AuthorizationExpired(bytes32 orderHash, uint256 expiry, uint256 blockTime);
    /// @notice The fill moves another amount of the first offered item than authorized.
    error QuantityMismatch(bytes32 orderHash, uint256 authorized, uint256 actual);
    /// @notice No active signer made the signature for this order, filler, quantity, expiry, chain and zone.
    error SignerNotActive(bytes32 orderHash, address signer);
    /// @notice The authorization has let its one fill pass already.
    error AuthorizationUsed(bytes32 orderHash, bytes32 digest);
    /// @notice Zero, or a signer that is or was one: a removed signer never returns.
    error SignerNotNew(address signer);
    /// @notice Only an active signer can be removed.
    error SignerNotRemovable(address signer);
    /// @notice Without an owner a leaked signer could never be removed.
    error OwnerRequired();

    constructor(address seaport, address owner, address signer) EIP712("SoukZone", "1") Ownable(owner) {
        SEAPORT = seaport;
        _addSigner(signer);
    }

    /// @notice Lets a new signer authorize fills. Reverts with SignerNotNew.
    function addSigner(address signer) external onlyOwner {
        _addSigner(signer);
    }

    /// @notice Voids every authorization of a signer, those handed out included, for good.
    ///         Reverts with SignerNotRemovable.
    function removeSigner(address signer) external onlyOwner {
        if (signerStatus[signer] != SignerStatus.Active) revert SignerNotRemovable(signer);
        signerStatus[signer] = SignerStatus.Removed;
        emit SignerRemoved(signer);
    }

    /// @inheritdoc ISeaportZone
    /// @dev Refuses before any token moves, which saves the caller gas and lets fulfillAvailable skip the order.
    function authorizeOrder(ZoneParameters calldata zoneParameters) external view returns (bytes4) {
        _check(zoneParameters);
        return ISeaportZone.authorizeOrder.selector;
    }

    /// @inheritdoc ISeaportZone
    /// @dev The check again, on the amounts that moved; then the authorization is used up. An ERC-721 moves whole or
    ///      not at all and Seaport fills an order only up to its size, so for those nothing need be stored.
    function validateOrder(ZoneParameters calldata zoneParameters) external returns (bytes4) {
        bytes32 digest = _check(zoneParameters);
        if (zoneParameters.offer[0].itemType != ERC721) isUsed[digest] = true;
        return ISeaportZone.validateOrder.selector;
    }

    /// @inheritdoc ISeaportZone
    /// @dev No schema is claimed: a SIP-7 client would build another authorization than this zone takes.
    function getSeaportMetadata() external pure returns (string memory name, Schema[] memory schemas) {
        return ("SoukZone", new Schema[](0));
    }

    /// @notice The EIP-712 digest that a signer signs.
    function digestOf(bytes32 orderHash, address fulfiller, uint256 quantity, uint64 expiry)
        public
        view
        returns (bytes32)
    {
        return _hashTypedDataV4(
            keccak256(abi.encode(FILL_AUTHORIZATION_TYPEHASH, orderHash, fulfiller, quantity, expiry))
        );
    }

    /// @inheritdoc ISeaportZone
    /// @dev 0x2e778efc is SIP-5: getSeaportMetadata alone.
    function supportsInterface(bytes4 interfaceId) external pure override returns (bool) {
        return interfaceId == type(ISeaportZone).interfaceId || interfaceId == type(IERC165).interfaceId
            || interfaceId == ISeaportZone.getSeaportMetadata.selector;
    }

    /// @notice Always reverts with OwnerRequired; hand ownership over in two steps instead.
    function renounceOwnership() public pure override {
        revert OwnerRequired();
    }

    function _addSigner(address signer) private {
        if (signer == address(0) || signerStatus[signer] != SignerStatus.Unknown) revert SignerNotNew(signer);
        signerStatus[signer] = SignerStatus.Active;
        emit SignerAdded(signer);
    }

    /// @dev Reverts with the first that applies: CallerNotSeaport, InvalidExtraData, FillerMismatch,
    ///      AuthorizationExpired, QuantityMismatch, SignerNotActive, AuthorizationUsed.
    function _check(ZoneParameters calldata fill) private view returns (bytes32 digest) {
        if (msg.sender != SEAPORT) revert CallerNotSeaport(msg.sender);
        bytes calldata data = fill.extraData;
        if (data.length != EXTRA_DATA_BYTES || data[0] != 0) revert InvalidExtraData(fill.orderHash);

        address fulfiller = address(bytes20(data[1:21]));
        uint64 expiry = uint64(bytes8(data[21:29]));
        uint256 quantity = uint256(bytes32(data[29:61]));
        if (fulfiller != fill.fulfiller) revert FillerMismatch(fill.orderHash, fulfiller, fill.fulfiller);
        if (block.timestamp >= expiry) revert AuthorizationExpired(fill.orderHash, expiry, block.timestamp);
        uint256 filled = fill.offer.length == 0 ? 0 : fill.offer[0].amount;
        if (filled != quantity || filled == 0) revert QuantityMismatch(fill.orderHash, quantity, filled);

        digest = digestOf(fill.orderHash, fulfiller, quantity, expiry);
        (address signer,,) = ECDSA.tryRecover(digest, bytes32(data[61:93]), bytes32(data[93:125]));
        if (signerStatus[signer] != SignerStatus.Active) revert SignerNotActive(fill.orderHash, signer);
        if (isUsed[digest]) revert AuthorizationUsed(fill.orderHash, digest);
    }
}
